const file = process.env.DB || '/etc/todos/todo.db';
require('fs').mkdirSync(require('path').dirname(file), { recursive: true });
