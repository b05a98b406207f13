-- Operations and handling, through functions that ask the live session who is acting.

-- name: add_operation
SELECT access.add_operation(%(name)s) AS uid;

-- name: add_member
SELECT access.add_operation_member(%(operation)s, %(organisation)s, %(email)s, %(role)s);

-- name: remove_member
SELECT access.remove_operation_member(%(operation)s, %(organisation)s, %(email)s, %(role)s);

-- name: list_operations
SELECT * FROM access.list_operations();

-- name: my_operations
SELECT * FROM access.my_operations();

-- name: handling_for
SELECT access.handling_for(
    %(owner_only)s, %(excluded)s, %(recipients)s, %(purposes)s, %(finest_step)s, %(expires)s
) AS handling_id;
