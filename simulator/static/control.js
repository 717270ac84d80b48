// The control API (simulator/README.md), for the page.

/** Calls /control<path>; throws an Error with the simulator's own words when it says no. */
export async function control(method, path, body) {
  const answer = await fetch(`/control${path}`, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error ?? `the simulator answered ${answer.status}`);
  return told;
}
