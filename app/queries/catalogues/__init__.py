"""One catalogue per readable thing: neutral name -> column. The only map of readable columns."""
