## scenarios: from YAML to a running network, and the bundled scenarios.
