create table stamp (key text primary key, value text not null) without rowid;
create table report (
    id text primary key, source blob not null unique, file_hash text not null, digest text not null,
    metadata text not null
) without rowid;
create table content (report_id text primary key, text text not null, blocks text not null, pages text not null);
create table file (
    path blob primary key, report_id text not null, file_hash text not null, sidecar_hash text not null,
    stat text not null
) without rowid;
create index file_report on file(report_id);
create table passage (
    row integer primary key autoincrement, id text not null unique, report_id text not null,
    kind text not null, number text not null, headings text not null, lead_in text not null,
    text text not null, start integer not null, "end" integer not null,
    page integer not null, line integer not null, language text not null,
    "by" text not null, addressees text not null, labels text not null,
    strength text, strength_words text not null, reason text not null
);
create index passage_report on passage(report_id, start);
create table tally (
    kind text not null, language text not null, passages integer not null, primary key (kind, language)
) without rowid;
create table window (
    vector_id text not null, passage_row integer not null, heading integer not null,
    primary key (vector_id, passage_row)
) without rowid;
create index window_passage on window(passage_row);
create table unnamed (vector_id text primary key) without rowid;
create virtual table words using fts5(beginnings, tokenize = "unicode61 remove_diacritics 0");
create virtual table vocabulary using fts5vocab(words, row);
