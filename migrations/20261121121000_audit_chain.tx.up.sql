-- The audit trail can prove itself: every line is chained under a key that this database doesn't have. A line is written
-- without looking at the chain, so that no writer waits for another; the sealer adds a row of audit_seals for it later, in
-- the order of xact_id. Seals are rows of their own and have no foreign key to the line: a line is never updated, and a
-- seal outlives a line that somebody removed, to tell of it.

-- Lines from before have xact_id 0 and no stamp.
ALTER TABLE audit_logs
  ADD COLUMN xact_id xid8 NOT NULL DEFAULT '0',
  ADD COLUMN stamp   bytea; -- key id (8 bytes), random (16), MAC of what the line says (32): one of our processes wrote it
ALTER TABLE audit_logs ALTER COLUMN xact_id SET DEFAULT pg_current_xact_id();
CREATE INDEX audit_logs_xact_idx ON audit_logs (tenant_id, xact_id, id);
CREATE INDEX audit_logs_action_idx ON audit_logs (tenant_id, action, created_at DESC, id DESC);
CREATE INDEX audit_logs_user_idx ON audit_logs (tenant_id, user_id, created_at DESC, id DESC);
CREATE INDEX audit_logs_resource_idx ON audit_logs (tenant_id, resource_type, resource_id, created_at DESC, id DESC);

CREATE TABLE audit_seals (
  tenant_id bigint NOT NULL REFERENCES tenants (id),
  seq       bigint NOT NULL CHECK (seq > 0), -- without gaps in a tenant
  audit_id  bigint NOT NULL,
  line_mac  bytea NOT NULL,                  -- of the whole line
  mac       bytea NOT NULL,                  -- of line_mac, seq and the mac before
  key_id    bytea NOT NULL,
  sealed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, seq),
  UNIQUE (tenant_id, audit_id)
);

-- Where a tenant's chain ends. The lines up to (xact_id, audit_id) were looked at: where the sealer goes on.
CREATE TABLE audit_heads (
  tenant_id bigint PRIMARY KEY REFERENCES tenants (id),
  seq       bigint NOT NULL DEFAULT 0,
  mac       bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
  xact_id   xid8 NOT NULL DEFAULT '0',
  audit_id  bigint NOT NULL DEFAULT 0,
  key_id    bytea NOT NULL DEFAULT '',
  sealed_at timestamptz,
  signature bytea NOT NULL DEFAULT ''        -- empty: nothing is sealed yet
) WITH (fillfactor = 50);

-- Signed seams of a chain. retired: lines up to seq are gone because they were older than the tenant keeps them, and the
-- chain begins with mac. broken: the chain's end was not the signed one, and sealing began anew after seq with mac.
CREATE TABLE audit_checkpoints (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id  bigint NOT NULL REFERENCES tenants (id),
  kind       text NOT NULL CHECK (kind IN ('retired', 'broken')),
  seq        bigint NOT NULL,
  mac        bytea NOT NULL,
  reason     text NOT NULL,
  created_at timestamptz NOT NULL,
  key_id     bytea NOT NULL,
  signature  bytea NOT NULL,
  UNIQUE (tenant_id, id)
);
CREATE INDEX audit_checkpoints_seq_idx ON audit_checkpoints (tenant_id, seq);

DO $rls$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['audit_seals', 'audit_heads', 'audit_checkpoints']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I TO {{.App}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO {{.App}}', t);
  END LOOP;
END $rls$;
GRANT UPDATE ON audit_heads TO {{.App}};

-- The system role learns which tenants have lines to seal, and reads no line.
GRANT SELECT (tenant_id, id, xact_id) ON audit_logs TO {{.System}};
CREATE POLICY system_order ON audit_logs FOR SELECT TO {{.System}} USING (true);
GRANT SELECT (tenant_id, audit_id) ON audit_seals TO {{.System}};
CREATE POLICY system ON audit_seals FOR SELECT TO {{.System}} USING (true);
GRANT SELECT (tenant_id, xact_id, audit_id) ON audit_heads TO {{.System}};
CREATE POLICY system ON audit_heads FOR SELECT TO {{.System}} USING (true);

-- Append-only, also for the owner and whatever session_replication_role says. Only the keeper removes lines, and nobody
-- signs in as him: he owns the two functions below.
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $fn$
BEGIN
  IF TG_OP = 'DELETE' AND current_user = '{{.Keeper}}' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the audit trail is append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = '42501';
END $fn$;

DO $guard$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['audit_logs', 'audit_seals', 'audit_checkpoints']
  LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION audit_append_only()', t);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()', t);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER no_truncate', t);
  END LOOP;
END $guard$;
CREATE TRIGGER append_only BEFORE DELETE ON audit_heads FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_heads FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
ALTER TABLE audit_heads ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER no_truncate;

GRANT USAGE ON SCHEMA public TO {{.Keeper}};
GRANT EXECUTE ON FUNCTION app_tenant() TO {{.Keeper}};
GRANT SELECT, DELETE ON audit_logs, audit_seals, audit_heads, audit_checkpoints TO {{.Keeper}};
GRANT INSERT ON audit_checkpoints TO {{.Keeper}};
GRANT SELECT (id, settings, status) ON tenants TO {{.Keeper}};
CREATE POLICY keeper ON audit_logs TO {{.Keeper}} USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY keeper ON audit_seals TO {{.Keeper}} USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY keeper ON audit_heads TO {{.Keeper}} USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY keeper ON audit_checkpoints TO {{.Keeper}} USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
CREATE POLICY keeper ON tenants FOR SELECT TO {{.Keeper}} USING (id = (SELECT app_tenant()));

-- Removes the caller's lines up to p_seq, together with the signed checkpoint that says so; how many lines. It removes
-- nothing that is sealed otherwise, nor anything younger than the tenant's own setting, which is never under 30 days.
CREATE FUNCTION audit_retire(p_seq bigint, p_mac bytea, p_reason text, p_at timestamptz, p_key_id bytea, p_signature bytea)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $fn$
DECLARE
  tenant bigint := app_tenant();
  days integer;
  removed bigint;
BEGIN
  SELECT (t.settings ->> 'audit_retention_days')::integer INTO days FROM tenants t WHERE t.id = tenant;
  IF days IS NULL OR days < 30 THEN
    RAISE EXCEPTION 'this tenant keeps its audit trail for ever' USING ERRCODE = '42501';
  END IF;
  PERFORM 1 FROM audit_seals s WHERE s.tenant_id = tenant AND s.seq = p_seq AND s.mac = p_mac;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no line is sealed as %', p_seq USING ERRCODE = '42501';
  END IF;
  PERFORM 1 FROM audit_seals s JOIN audit_logs l ON l.tenant_id = s.tenant_id AND l.id = s.audit_id
    WHERE s.tenant_id = tenant AND s.seq <= p_seq AND l.created_at > now() - make_interval(days => days);
  IF FOUND THEN
    RAISE EXCEPTION 'a line up to % is younger than % days', p_seq, days USING ERRCODE = '42501';
  END IF;
  INSERT INTO audit_checkpoints (tenant_id, kind, seq, mac, reason, created_at, key_id, signature)
    VALUES (tenant, 'retired', p_seq, p_mac, p_reason, p_at, p_key_id, p_signature);
  DELETE FROM audit_logs l USING audit_seals s
    WHERE l.tenant_id = tenant AND s.tenant_id = tenant AND s.audit_id = l.id AND s.seq <= p_seq;
  GET DIAGNOSTICS removed = ROW_COUNT;
  DELETE FROM audit_seals s WHERE s.tenant_id = tenant AND s.seq <= p_seq;
  RETURN removed;
END $fn$;

-- Removes the whole trail of a tenant that is being deleted; how many lines.
CREATE FUNCTION audit_forget(p_tenant bigint)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
  AS $fn$
DECLARE
  was text := coalesce(current_setting('app.tenant_id', true), '');
  removed bigint;
BEGIN
  PERFORM set_config('app.tenant_id', p_tenant::text, true);
  PERFORM 1 FROM tenants t WHERE t.id = p_tenant AND t.status = 'deleting';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tenant % is not being deleted', p_tenant USING ERRCODE = '42501';
  END IF;
  DELETE FROM audit_logs WHERE tenant_id = p_tenant;
  GET DIAGNOSTICS removed = ROW_COUNT;
  DELETE FROM audit_seals WHERE tenant_id = p_tenant;
  DELETE FROM audit_checkpoints WHERE tenant_id = p_tenant;
  DELETE FROM audit_heads WHERE tenant_id = p_tenant;
  PERFORM set_config('app.tenant_id', was, true);
  RETURN removed;
END $fn$;

GRANT CREATE ON SCHEMA public TO {{.Keeper}};
ALTER FUNCTION audit_retire OWNER TO {{.Keeper}};
ALTER FUNCTION audit_forget OWNER TO {{.Keeper}};
REVOKE CREATE ON SCHEMA public FROM {{.Keeper}};
REVOKE ALL ON FUNCTION audit_append_only, audit_retire, audit_forget FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_retire TO {{.App}};
GRANT EXECUTE ON FUNCTION audit_forget TO {{.System}};
