"""The ground floor: database, money, clock, states, audit events, access guards, files, jobs and errors."""
