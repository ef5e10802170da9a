"""The HTTP and MCP API: `endpoints` registers the tools · `handlers` what each returns · `errors` a refused request."""
