-- Run metadata of every kind, in any number, the same on every machine: each value is a hash of the run, the
-- key and a seed, so that any run can be made again alone.
--
--   \i test/bench/generate.sql
--   INSERT INTO runs_metadata SELECT * FROM generator.runs(1, 1000000);
--
-- key             values
-- effectiveness   0 to 100; in 5 % of the runs with one decimal
-- loss            0.001 to 4.001 with 9 decimals, nearly unique, more small than large
-- accuracy        0 to 0.9999, even: accuracy >= 0.99 is 1 % of the runs, >= 0.5 half of them
-- epoch           1 to 100
-- optimizer       an object: name (4 names, a quarter each) and lr (8 rates)
-- dataset         200 names, the first ones far more often
-- status          7 words; COMPLETED is 62 %
-- tags            0 to 4 of 40 words, an array; 20 % are []
-- notes           20 to 80 characters, nearly all distinct; of 64 words
-- seed            a whole number up to 2^40, unique but for chance
-- started         RFC 3339, whole seconds of three years
-- gpu_count       1, 2, 4, 8 or 64; 8 is 25 %
-- converged       true, false, or in 10 % null
-- owner           1,000 names, the first ones more often
-- batch           a number, a string or an array; in 5 % null
-- failure         a string, in 0.1 % of the runs only

SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS generator;
RESET client_min_messages;

-- The runs from first to last.
CREATE OR REPLACE FUNCTION generator.runs(first bigint, last bigint, seed bigint DEFAULT 1)
    RETURNS TABLE (run_id bigint, metadata jsonb) LANGUAGE sql STABLE ROWS 100000
BEGIN ATOMIC
    SELECT id,
        jsonb_build_object(
            'effectiveness', CASE WHEN h[1] % 20 = 0 THEN trim_scale(round((h[1] / 20 % 1001) / 10.0, 1)) ELSE h[1] / 20 % 101 END,
            'loss', trim_scale(round((0.001 + 4 * f_loss * f_loss)::numeric, 9)),
            'accuracy', trim_scale(trunc(f_accuracy::numeric, 4)),
            'epoch', 1 + h[4] % 100,
            'optimizer', jsonb_build_object(
                'name', ('{adam,adamw,sgd,lion}'::text[])[1 + h[5] % 4],
                'lr', ('{0.1,0.03,0.01,0.003,0.001,0.0003,0.0001,0.00001}'::numeric[])[1 + h[5] / 4 % 8]),
            'dataset', ('{imagenet,cifar,coco,librispeech,wikitext,squad,glue,kitti}'::text[])[1 + floor(200 * f_dataset * f_dataset)::int % 8]
                || '-' || floor(200 * f_dataset * f_dataset)::int,
            'status', CASE
                WHEN h[7] % 100 < 62 THEN 'COMPLETED'
                ELSE ('{ERROR,CANCELED,ACTIVE,PAUSED,QUEUED,STARTING}'::text[])[1 + h[7] % 6] END,
            'tags', CASE h[8] % 5
                WHEN 0 THEN '[]'::jsonb
                WHEN 1 THEN jsonb_build_array('tag' || h[8] / 5 % 40)
                WHEN 2 THEN jsonb_build_array('tag' || h[8] / 5 % 40, 'tag' || h[8] / 200 % 40)
                WHEN 3 THEN jsonb_build_array('tag' || h[8] / 5 % 40, 'tag' || h[8] / 200 % 40, 'tag' || h[8] / 8000 % 40)
                ELSE jsonb_build_array('tag' || h[8] / 5 % 40, 'tag' || h[8] / 200 % 40, 'tag' || h[8] / 8000 % 40,
                                       'tag' || h[8] / 320000 % 40) END,
            'notes', left(concat_ws(' ', w[1 + (h[9] & 63)], w[1 + (h[9] >> 6 & 63)], w[1 + (h[9] >> 12 & 63)],
                    w[1 + (h[9] >> 18 & 63)], w[1 + (h[9] >> 24 & 63)], w[1 + (h[9] >> 30 & 63)],
                    w[1 + (h[9] >> 36 & 63)], w[1 + (h[9] >> 42 & 63)], w[1 + (h[9] >> 48 & 63)],
                    w[1 + (h[9] >> 54 & 63)], 'and the same again with another seed'), 20 + (h[10] % 61)::int),
            'seed', h[11] & 1099511627775,
            'started', to_char(timestamp '2023-01-01' + (h[12] % 94608000) * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            'gpu_count', ('{1,1,1,2,2,4,4,4,8,8,8,64}'::int[])[1 + h[13] % 12],
            'converged', CASE WHEN h[14] % 10 > 0 THEN h[14] / 10 % 2 = 0 END,
            'owner', 'user' || floor(1000 * f_owner * f_owner)::int,
            'batch', CASE
                WHEN h[16] % 20 = 0 THEN 'null'::jsonb
                WHEN h[16] % 20 < 4 THEN '"auto"'
                WHEN h[16] % 20 < 6 THEN to_jsonb((16 << (h[16] / 20 % 6)::int)::text)
                WHEN h[16] % 20 < 8 THEN jsonb_build_array(16 << (h[16] / 20 % 6)::int, h[16] / 120 % 8)
                ELSE to_jsonb(16 << (h[16] / 20 % 6)::int) END)
            || CASE WHEN h[17] % 1000 = 0
                THEN jsonb_build_object('failure', ('{out of memory,node lost,nan in loss,disk full}'::text[])[1 + h[17] / 1000 % 4])
                ELSE '{}' END
    FROM (
        SELECT id, h,
            -- A hash as a fraction from 0 up to 1.
            (h[2] >> 11) / 4503599627370496.0::float8 AS f_loss,
            (h[3] >> 11) / 4503599627370496.0::float8 AS f_accuracy,
            (h[6] >> 11) / 4503599627370496.0::float8 AS f_dataset,
            (h[15] >> 11) / 4503599627370496.0::float8 AS f_owner,
            ('{warmup,longer,shorter,batch,doubled,halved,learning,rate,schedule,
                cosine,linear,decay,weights,frozen,encoder,decoder,attention,heads,
                layers,dropout,early,stopping,restarted,from,checkpoint,best,worst,
                baseline,ablation,without,augmentation,mixup,label,smoothing,gradient,clipping,
                overflow,fp16,bf16,resumed,after,preemption,tokens,vocabulary,embedding,
                tied,residual,norm,momentum,sweep,trial,promising,diverged,plateau,
                retry,night,cluster,shared,debug,profile,final,paper,reviewer,
                figure}'::text[]) AS w
        FROM (
            SELECT id, ARRAY(
                SELECT hashint8extended(id, seed * 1000 + key) & 9223372036854775807
                FROM generate_series(1, 17) AS key) AS h
            FROM generate_series(first, last) AS id
            OFFSET 0) AS hashed
        OFFSET 0) AS drawn;
END;
