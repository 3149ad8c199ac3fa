"""An agent project as one immutable value: configuration, modules, environment, requirements."""
