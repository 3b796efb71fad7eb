"""Tools of this package are found by vidprog through the entry point in `pyproject.toml`."""

from vidprog_qr_codes.read_qr_codes import read_qr_codes

__all__ = ["read_qr_codes"]
