"""The assistant by the names and shapes of OpenAI's API, for front-ends that speak nothing else."""
