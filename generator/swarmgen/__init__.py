"""swarmgen: from OpenTelemetry semantic conventions to code, scripts, docs and schemas."""

__version__ = "0.1.0"
