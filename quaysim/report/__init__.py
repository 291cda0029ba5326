"""What a run has shown, for people and for machines.

`pytest features/ --conformance-report DIR` leaves a directory: `report.yaml` (the verdict), `report.html` (for
people), `messages.ndjson` (Cucumber Messages), `junit.xml`, `environment.yaml` and `requests.ndjson`. What was
secret in the cluster is in none of them. `--record DIR` leaves what the cluster did, step by step.

Where scenarios run, outcomes are observed and redacted; from there they travel as a property of pytest's
own reports, so that a run on several processes is reported like any other. Where the run is controlled, all
files are written from the same list of results, when the run ends or is interrupted.
"""
