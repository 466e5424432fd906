"""The only reusable Streamlit: cards, the sidebar, charts with their tables, links to tickets."""
