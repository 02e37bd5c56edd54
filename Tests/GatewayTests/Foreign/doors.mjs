// SPDX-License-Identifier: Apache-2.0
// Node's own clients at the gateway's doors: node doors.mjs PORT. Prints a line for each call.

import http from 'node:http'
import http2 from 'node:http2'

const port = Number(process.argv[2])
const path = '/waymark.people.v1.TeamService/GetTeam'
const body = '{"id":"t7"}'
const limit = setTimeout(() => { console.log('timed out'); process.exit(1) }, 20000)

const text = async (stream) => { let all = ''; for await (const piece of stream) all += piece; return all.trim() }

function expectHTTP1(target, value) {
  return new Promise((resolve) => {
    let wasAsked = false
    const request = http.request({ port, path: target, method: 'POST', agent: false, headers: {
      'content-type': 'application/json', 'content-length': body.length, expect: value } })
    request.on('continue', () => { wasAsked = true; request.end(body) })
    request.on('response', async (response) => {
      if (!wasAsked) request.destroy()
      resolve(`${wasAsked ? 'asked' : 'at once'} ${response.statusCode}`)
    })
    request.on('error', () => {})
    request.flushHeaders()
  })
}

function expectHTTP2(session, target) {
  return new Promise((resolve) => {
    let wasAsked = false
    let status
    const stream = session.request({ ':path': target, ':method': 'POST', 'content-type': 'application/json', expect: '100-continue' })
    stream.on('continue', () => { wasAsked = true; stream.end(body) })
    stream.on('response', (headers) => { status = headers[':status']; if (!wasAsked) { stream.end(); resolve(`at once ${status}`) } })
    stream.on('end', () => resolve(`asked ${status}`))
    stream.on('error', () => {})
    stream.resume()
  })
}

const one = new http.Agent({ keepAlive: true, maxSockets: 1 })
for (const turn of [1, 2]) {
  const answer = await new Promise((resolve, reject) => {
    http.get({ port, path: '/healthz', agent: one, headers: turn === 1 ? { connection: 'Upgrade', upgrade: 'h2c' } : {} },
      async (response) => resolve(`${response.statusCode} ${await text(response)}`)).on('error', reject)
  })
  console.log(`upgrade ${turn}: ${answer}`)
}
console.log('expect h1:', await expectHTTP1(path, '100-continue'))
console.log('refused h1:', await expectHTTP1('/nowhere', '100-continue'))

const session = http2.connect(`http://127.0.0.1:${port}`)
console.log('expect h2:', await expectHTTP2(session, path))
console.log('refused h2:', await expectHTTP2(session, '/nowhere'))
console.log('after h2:', await expectHTTP2(session, path))
session.close()
const fetched = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip' }, body })
console.log('fetch:', fetched.status, await fetched.text())
one.destroy()
clearTimeout(limit)
