"""What Mulin costs: measured on this machine, each figure as a ratio in the same run. See docs/performance.md."""
