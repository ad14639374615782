SELECT ts, input.id, each.value AS element FROM input, json_each(l) AS each
ORDER BY arrival, each.key
