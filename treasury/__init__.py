"""The bridge: the only room that knows both funds. Budget, commitment, payment order, payment."""
