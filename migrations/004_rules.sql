-- The team's rules that are kept here and not in files: of an organisation, or of one repository.
-- Every query names the organisation. Lists and objects are JSON.
create table rules (
  id text not null,
  org_id text not null,
  repo_id text,
  key text not null,
  title text not null,
  description text not null,
  type text not null check (type in ('architectural', 'syntactic', 'convention', 'styling', 'team_standard')),
  scope text not null check (scope in ('org', 'repo', 'path', 'branch', 'workspace')),
  enforcement text not null check (enforcement in ('suggest', 'warn', 'block')),
  status text not null check (status in ('draft', 'staged', 'active', 'archived')),
  category text check (category in ('security', 'correctness', 'performance', 'testing', 'convention')),
  engine text check (engine in ('ast_grep', 'semgrep', 'builtin', 'none')),
  path_glob text,
  file_types text,
  entity_kinds text,
  branch text,
  workspace_user_id text,
  semgrep_rule text,
  ast_grep_query text,
  ast_grep_fix text,
  semantic_filter text,
  import_boundary text,
  example text,
  counter_example text,
  priority integer not null check (priority between 0 and 1000),
  polyglot integer not null check (polyglot in (0, 1)),
  languages text,
  locked integer not null check (locked in (0, 1)),
  created_by text not null,
  source_pattern_id text,
  origin text not null check (origin in ('database', 'file')),
  file_ref text,
  needs_review integer not null check (needs_review in (0, 1)),
  auto_downgrade integer not null check (auto_downgrade in (0, 1)),
  revision integer not null,
  validation text,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (org_id, id)
);
create index rules_resolution on rules (org_id, repo_id, branch, workspace_user_id, status);
create index rules_repository on rules (org_id, repo_id, status);
create index rules_scope on rules (org_id, status, scope);

-- What one rule says in one language.
create table language_implementations (
  org_id text not null,
  rule_id text not null,
  language text not null,
  semgrep_rule text,
  ast_grep_query text,
  ast_grep_fix text,
  example text,
  counter_example text,
  primary key (org_id, rule_id, language),
  foreign key (org_id, rule_id) references rules (org_id, id) on delete cascade
);
