-- Open reference data: areas, outlines, postcodes, sites, and the versioned taxonomy.
-- Nothing here is protected; everybody who is signed in may read it.

SET ROLE waymark_owner;

CREATE TABLE reference.area (
    id int PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('borough', 'force', 'elsewhere'))
);
COMMENT ON TABLE reference.area IS
'A borough, or a whole police force area outside the West Midlands. 0 is elsewhere.';
INSERT INTO reference.area VALUES (0, 'ELSEWHERE', 'Elsewhere', 'elsewhere');

CREATE TABLE reference.cell_area (
    cell int PRIMARY KEY,
    area_id int NOT NULL REFERENCES reference.area
);
COMMENT ON TABLE reference.cell_area IS
'The best-fit area of a 5 km National Grid square: cell is easting/5000*10000 + northing/5000.';

CREATE TABLE reference.outline (
    layer text NOT NULL CHECK (layer IN ('boroughs', 'wards')),
    code text NOT NULL,
    name text NOT NULL,
    area_id int REFERENCES reference.area,
    shape GEOMETRY(MULTIPOLYGON, 4326) NOT NULL,
    shape_3857 GEOMETRY(MULTIPOLYGON, 3857) NOT NULL
    GENERATED ALWAYS AS (st_transform(shape, 3857)) STORED,
    PRIMARY KEY (layer, code)
);
CREATE INDEX outline_shape ON reference.outline USING gist (shape_3857);

CREATE TABLE reference.postcode (
    postcode text PRIMARY KEY,
    easting int NOT NULL,
    northing int NOT NULL
);

CREATE TABLE reference.site (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    source text NOT NULL,
    source_id text NOT NULL,
    sector text NOT NULL,
    name text NOT NULL,
    longitude double precision NOT NULL,
    latitude double precision NOT NULL,
    key bigint NOT NULL,
    UNIQUE (source, source_id)
);
COMMENT ON TABLE reference.site IS
'Frontline-professional sites from open data: job centres, health care, banking. Never a place.';
CREATE INDEX site_key ON reference.site (key);

CREATE TABLE reference.taxonomy (
    version int NOT NULL,
    list text NOT NULL CHECK (list IN ('exploitation', 'site_kind', 'outcome', 'indicator')),
    code smallint NOT NULL,
    slug text NOT NULL CHECK (slug ~ '^[a-z0-9_]+$'),
    title text NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    PRIMARY KEY (list, code, version),
    UNIQUE (list, slug, version)
);
COMMENT ON TABLE reference.taxonomy IS
'Coded lists with versions: a code keeps its meaning for ever; a new version adds or ends codes.';

INSERT INTO reference.taxonomy (version, list, code, slug, title, valid_from) VALUES
(1, 'exploitation', 1, 'sexual_exploitation', 'Sexual exploitation', '2026-01-01'),
(1, 'exploitation', 2, 'forced_labour', 'Forced labour', '2026-01-01'),
(1, 'exploitation', 3, 'domestic_servitude', 'Domestic servitude', '2026-01-01'),
(1, 'exploitation', 4, 'criminal_exploitation', 'Criminal exploitation', '2026-01-01'),
(1, 'exploitation', 5, 'debt_bondage', 'Debt bondage', '2026-01-01'),
(1, 'exploitation', 6, 'forced_marriage', 'Forced marriage', '2026-01-01'),
(1, 'exploitation', 7, 'human_trafficking', 'Human trafficking', '2026-01-01'),
(1, 'exploitation', 8, 'not_known', 'Not known yet', '2026-01-01'),
(1, 'site_kind', 1, 'farm', 'Farm', '2026-01-01'),
(1, 'site_kind', 2, 'building_site', 'Building site', '2026-01-01'),
(1, 'site_kind', 3, 'shop', 'Shop', '2026-01-01'),
(1, 'site_kind', 4, 'bar', 'Bar', '2026-01-01'),
(1, 'site_kind', 5, 'nail_bar', 'Nail bar', '2026-01-01'),
(1, 'site_kind', 6, 'car_wash', 'Car wash', '2026-01-01'),
(1, 'site_kind', 7, 'factory', 'Factory', '2026-01-01'),
(1, 'site_kind', 8, 'home', 'Home', '2026-01-01'),
(1, 'site_kind', 9, 'street', 'Stretch of street', '2026-01-01'),
(1, 'site_kind', 10, 'restaurant', 'Restaurant or takeaway', '2026-01-01'),
(1, 'site_kind', 11, 'hotel', 'Hotel', '2026-01-01'),
(1, 'site_kind', 12, 'massage_premises', 'Massage premises', '2026-01-01'),
(1, 'site_kind', 13, 'public_building', 'Public building', '2026-01-01'),
(1, 'site_kind', 14, 'other', 'Other', '2026-01-01'),
(1, 'outcome', 1, 'spoke_with_someone', 'Spoke with someone', '2026-01-01'),
(1, 'outcome', 2, 'chose_not_to_speak', 'Chose not to speak today', '2026-01-01'),
(1, 'outcome', 3, 'nobody_there', 'Nobody there', '2026-01-01'),
(1, 'outcome', 4, 'closed', 'Closed', '2026-01-01'),
(1, 'outcome', 5, 'withdrew', 'Team withdrew', '2026-01-01'),
(1, 'outcome', 6, 'support_offered', 'Support offered', '2026-01-01'),
(1, 'indicator', 1, 'living_on_site', 'People seem to live on site', '2026-01-01'),
(1, 'indicator', 2, 'someone_speaks_for_others', 'Someone speaks for others', '2026-01-01'),
(1, 'indicator', 3, 'long_hours', 'Long hours', '2026-01-01'),
(1, 'indicator', 4, 'unsafe_work', 'Unsafe work', '2026-01-01'),
(1, 'indicator', 5, 'papers_held', 'Papers held by someone else', '2026-01-01'),
(1, 'indicator', 6, 'fearful', 'People seem fearful', '2026-01-01'),
(1, 'indicator', 7, 'locked_or_watched', 'Locked or watched door', '2026-01-01'),
(1, 'indicator', 8, 'children_present', 'Children present', '2026-01-01');

GRANT SELECT ON ALL TABLES IN SCHEMA reference TO waymark_app, waymark_gate;
RESET ROLE;
