"""`python -m web.commands`: the same as `puente`."""

from web.commands import main

if __name__ == "__main__":
    main()
