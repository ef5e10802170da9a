"""The API: `endpoints` over HTTP and MCP · `handlers` what each does · `errors` what is refused."""
