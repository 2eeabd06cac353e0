-- Partitions are made and dropped with the rights of the owner, by whoever may execute these two functions.
-- A partition is made aside and attached, since CREATE TABLE ... PARTITION OF would lock readers and writers out.

CREATE FUNCTION traces_make_partitions(first date, last date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $function$
DECLARE
    parent text;
    partition text;
    identity text;
    d date;
    made integer := 0;
BEGIN
    IF last - first > 2000 THEN
        RAISE EXCEPTION 'refusing to make partitions for % days', last - first;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('traces_partitions'));
    FOR parent, identity IN VALUES
        ('traces_request', 'organization_id, deployment_id, day, request_id, content_hash'),
        ('traces_attempt', 'organization_id, deployment_id, day, request_id, n'),
        ('traces_span', 'organization_id, deployment_id, day, trace_id, span_id')
    LOOP
        FOR d IN SELECT generate_series(first, last, interval '1 day')::date LOOP
            partition := parent || to_char(d, '_YYYYMMDD');
            CONTINUE WHEN to_regclass(partition) IS NOT NULL;
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', partition, parent);
            EXECUTE format('GRANT INSERT, SELECT (%s) ON %I TO %I', identity, partition, current_database() || '_ingest');
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, partition, d, d + 1);
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$function$;

CREATE FUNCTION traces_drop_partitions(before date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $function$
DECLARE
    partition text;
    dropped integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('traces_partitions'));
    FOR partition IN
        SELECT child.relname FROM pg_inherits
        JOIN pg_class child ON child.oid = inhrelid
        JOIN pg_class parent ON parent.oid = inhparent
        WHERE parent.relname IN ('traces_request', 'traces_attempt', 'traces_span')
            AND to_date(right(child.relname, 8), 'YYYYMMDD') < before
    LOOP
        EXECUTE format('DROP TABLE %I', partition);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$function$;

REVOKE ALL ON FUNCTION traces_make_partitions(date, date) FROM PUBLIC;
REVOKE ALL ON FUNCTION traces_drop_partitions(date) FROM PUBLIC;
