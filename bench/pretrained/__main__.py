"""`python -m bench.pretrained round|audit`; see `main`."""

from bench.pretrained.main import main

if __name__ == "__main__":
    main()
