"""Which node a Pod goes to: filters that rule nodes out, scores that choose among the rest."""
