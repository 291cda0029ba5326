"""What a request means: the API server in memory."""

from fake_cluster.api.call import Answer, Call, Options
from fake_cluster.api.render import Response
from fake_cluster.api.server import Api

__all__ = ["Answer", "Api", "Call", "Options", "Response"]
