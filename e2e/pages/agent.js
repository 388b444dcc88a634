// Does what e2e/engines/agent.ts asks for, in browsers that no driver can steer.
const agent = new URLSearchParams(location.search).get('agent')

for (;;) {
  const { id, script } = await (await fetch(agent)).json()
  await fetch(agent, { method: 'POST', body: JSON.stringify({ id, ...(await outcomeOf(script)) }) })
}

async function outcomeOf(script) {
  try {
    const module = URL.createObjectURL(new Blob([`export default () => ${script}`], { type: 'text/javascript' }))
    const { default: work } = await import(module)
    return { value: await work() }
  } catch (error) {
    return { error: `${error}\n${error?.stack}` }
  }
}
