-- Times are milliseconds since the epoch. run.state is the number of the RunState; 5 and above are final.
create table meta(key text primary key, value text not null) without rowid;
create table key(id integer primary key, name text not null unique);
create table name_counter(name text primary key, last integer not null) without rowid;
create table target(
  name text primary key, spec text not null, capabilities text, probed_at integer, note text not null default ''
) without rowid;

-- Narrow, because lists and searches read many; the spec lies beside it. Ids grow with time and never come back.
create table run(
  id integer primary key autoincrement,
  run_id text not null unique,
  name text not null,
  target text not null,
  state integer not null,
  reason text not null,
  priority integer not null,
  created integer not null,
  started integer,
  ended integer,
  attempt integer not null default 0,
  cause text,
  exit_code integer,
  cancel_requested integer not null default 0,
  done integer,
  total integer,
  message text,
  idempotency_key text unique
);
create index run_state on run(state);
create index run_name on run(name);
create index run_target on run(target);
create index run_created on run(created);
create table spec(run integer primary key, json text not null);

create table attempt(
  run integer not null,
  no integer not null,
  state integer not null,
  reason text not null,
  handle text,
  restart integer not null default 0,
  cause text,
  exit_code integer,
  rank integer not null default 0,
  created integer not null,
  started integer,
  ended integer,
  released integer not null default 0,
  primary key(run, no)
) without rowid;
create index attempt_held on attempt(run, no) where released = 0;
create table event(
  run integer not null,
  seq integer not null,
  at integer not null,
  attempt integer not null,
  kind text not null,
  data text not null,
  primary key(run, seq)
) without rowid;

-- num is the value as a number where it reads as one, else null.
create table tag(
  run integer not null, key integer not null, value text not null, num real, primary key(run, key)
) without rowid;
create index tag_value on tag(key, num, value, run);
create table param(
  run integer not null, key integer not null, value text not null, num real, primary key(run, key)
) without rowid;
create index param_value on param(key, num, value, run);

-- The last value of each metric; null is NaN.
create table latest(
  run integer not null, key integer not null, value real, step integer not null, at integer not null, primary key(run, key)
) without rowid;
create index latest_value on latest(key, value, run);
-- Ids in order of arrival; bytes as PackedPoints says.
create table metric_block(
  id integer primary key,
  run integer not null,
  key integer not null,
  first_step integer not null,
  n integer not null,
  bytes blob not null
);
create index metric_block_series on metric_block(run, key);

create table cursor(
  run integer not null,
  attempt integer not null,
  restart integer not null,
  rank integer not null,
  channel text not null,
  token text not null,
  reader_state blob,
  copied integer not null,
  primary key(run, attempt, restart, rank, channel)
) without rowid;
create table output(
  run integer not null,
  name text not null,
  digest text not null,
  size integer not null,
  path text not null,
  kind text not null,
  primary key(run, name)
) without rowid;

create table data(
  name text not null, version integer not null, content text not null, created integer not null, primary key(name, version)
) without rowid;
create table data_place(
  name text not null, version integer not null, target text not null, location text not null, primary key(name, version, target)
) without rowid;
