"""Readers: one module for each format of annotations; each gives items."""
