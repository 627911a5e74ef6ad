"""Every way in from outside: HTTP, command line, worker, settings, engine, identity, migrations."""
