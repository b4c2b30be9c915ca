"""What Mulin costs, measured: each figure as a ratio in the same run. See docs/performance.md."""
