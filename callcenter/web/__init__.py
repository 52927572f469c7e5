"""HTTP: routes, schemas, log-in; views only translate."""
