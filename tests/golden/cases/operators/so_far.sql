SELECT id, count(*) OVER w AS so_many, count(x) OVER w AS with_x, sum(n) OVER w AS total,
  min(x) OVER w AS lowest, avg(x) OVER w AS average,
  (SELECT s FROM input AS i WHERE i.id IS input.id AND i.arrival <= input.arrival
     AND s IS NOT NULL ORDER BY arrival DESC LIMIT 1) AS newest,
  (SELECT s FROM input AS i WHERE i.id IS input.id AND i.arrival <= input.arrival
     AND s IS NOT NULL AND n IS NOT NULL ORDER BY n DESC, arrival LIMIT 1) AS text_of_highest
FROM input WINDOW w AS (PARTITION BY id ORDER BY arrival) ORDER BY arrival
