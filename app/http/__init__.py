"""Flask glue that every dialect uses; knows no dialect."""
