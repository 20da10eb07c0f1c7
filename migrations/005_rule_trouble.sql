-- Rules that an engine did not get through in a repository, by the text that they had: how often in a row, and whether they
-- are set aside. The row goes when the rule gets through or is written anew.
create table rule_trouble (
  repository_id bigint not null references repositories (id) on delete cascade,
  rule_id text not null,
  text_hash text not null,
  reason text not null check (reason in ('timeout')),
  times integer not null,
  needs_review integer not null check (needs_review in (0, 1)),
  run_id text not null,
  updated_at bigint not null,
  primary key (repository_id, rule_id)
);

-- What a rule says of itself besides: the weaknesses it is about, and the page that explains it.
alter table rules add column cwe text;
alter table rules add column url text;
