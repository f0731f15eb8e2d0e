DROP TABLE webhook_deliveries, webhooks, case_executions, case_changes, case_tasks, case_comments;
