BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE marker (
	id INTEGER NOT NULL, 
	who VARCHAR(200) NOT NULL, 
	written_at DATETIME NOT NULL, 
	removed BOOLEAN NOT NULL, 
	replaces INTEGER, 
	marked_day DATE NOT NULL, 
	note TEXT NOT NULL, 
	kpi VARCHAR(200), 
	PRIMARY KEY (id), 
	FOREIGN KEY(replaces) REFERENCES marker (id)
);
CREATE TABLE saved_view (
	id INTEGER NOT NULL, 
	who VARCHAR(200) NOT NULL, 
	written_at DATETIME NOT NULL, 
	removed BOOLEAN NOT NULL, 
	replaces INTEGER, 
	name VARCHAR(200) NOT NULL, 
	page VARCHAR(200) NOT NULL, 
	query_string TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(replaces) REFERENCES saved_view (id)
);
CREATE TABLE target_change (
	id INTEGER NOT NULL, 
	who VARCHAR(200) NOT NULL, 
	written_at DATETIME NOT NULL, 
	removed BOOLEAN NOT NULL, 
	replaces INTEGER, 
	kpi VARCHAR(200) NOT NULL, 
	segment JSON NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	kind_values JSON NOT NULL, 
	from_date DATE, 
	because TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(replaces) REFERENCES target_change (id)
);
INSERT INTO "target_change" VALUES(1,'Ana','2026-11-28 15:53:04.000000',0,NULL,'csat','{}','above','{"above": 0.9}','2026-03-02','a first target');
COMMIT;
