"""The roof: application factory, navigation, error pages, security headers, health and the command line."""
