-- Published estimates of how many people may be in modern slavery in the United Kingdom: open reference data, with
-- versions. They differ tenfold, so none is kept without where it was published and when.

SET ROLE waymark_owner;
CREATE TABLE reference.estimate (
    slug text NOT NULL CHECK (slug ~ '^[a-z0-9_]+$'),
    version int NOT NULL,
    said text NOT NULL CHECK (said <> ''),
    low int NOT NULL CHECK (low > 0),
    high int NOT NULL,
    scope text NOT NULL CHECK (scope <> ''),
    source text NOT NULL CHECK (source <> ''),
    year smallint NOT NULL CHECK (year BETWEEN 1990 AND 2200),
    PRIMARY KEY (slug, version),
    CHECK (low <= high)
);
COMMENT ON TABLE reference.estimate IS
'What was estimated, by whom, in which year, of whom. A correction is a new version; the latest of each is printed.';

INSERT INTO reference.estimate (slug, version, said, low, high, scope, source, year) VALUES
(
    'home_office', 1, '10,000 to 13,000', 10000, 13000, 'possible victims in the United Kingdom in 2013',
    'Home Office, Modern Slavery: an application of multiple systems estimation', 2014
),
(
    'global_slavery_index_2018', 1, '136,000', 136000, 136000,
    'people in modern slavery in the United Kingdom on a day in 2016',
    'Walk Free Foundation, Global Slavery Index', 2018
),
(
    'it_still_happens_here', 1, 'at least 100,000', 100000, 100000, 'victims in the United Kingdom',
    'Centre for Social Justice and Justice and Care, It Still Happens Here', 2020
),
(
    'global_slavery_index_2023', 1, '122,000', 122000, 122000,
    'people in modern slavery in the United Kingdom on a day in 2021', 'Walk Free, Global Slavery Index', 2023
);
GRANT SELECT ON reference.estimate TO waymark_app, waymark_gate;
RESET ROLE;
