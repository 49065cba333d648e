"""The machinery around the science: plan, kernels, Papermill, renderers, publishing, command line."""
