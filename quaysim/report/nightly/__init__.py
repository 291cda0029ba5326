"""The nightly run: one script, and what runs it on a CI server, with Sonobuoy, or as a CronJob."""
