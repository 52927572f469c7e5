"""Tests of installing, starting and watching, with real files, ports and processes."""
