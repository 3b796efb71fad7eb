"""What people touch: the command line, the demo clip, and the shapes of the documents that are printed.

This room turns requests into calls of the rooms below and results into something to read; it decides nothing about
answers. Importing it loads nothing.
"""
