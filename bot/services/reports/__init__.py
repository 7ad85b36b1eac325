"""Reports: each kind is one declaration of what is read, of its rows, and of what it takes."""
