-- What an earlier review of the same head came to, kept while a new one is under way: if that one comes to nothing, a
-- failure must not turn into a pass.
alter table review_runs add column standing text check (standing in ('success', 'neutral', 'failure'));
