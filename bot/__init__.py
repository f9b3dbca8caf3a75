"""The policy bot: knowledge, language, retrieval, answering, rendering and conversation, in this order of dependence."""
