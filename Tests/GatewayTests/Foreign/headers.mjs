// SPDX-License-Identifier: Apache-2.0
// Headers of many sizes over one HTTP/2 connection: node headers.mjs PORT. Prints a line for each call.

import http2 from 'node:http2'

const path = '/waymark.people.v1.TeamService/GetTeam'
const limit = setTimeout(() => { console.log('timed out'); process.exit(1) }, 20000)
const session = http2.connect(`http://127.0.0.1:${process.argv[2]}`, { maxSendHeaderBlockLength: 1 << 20 })
session.on('error', (error) => { console.log(`session: ${error.message}`); process.exit(1) })

function call(headers, body) {
  return new Promise((resolve) => {
    const stream = session.request(headers)
    let answer = {}
    let text = ''
    stream.setEncoding('utf8')
    stream.on('response', (head) => { answer = head })
    stream.on('trailers', (trailers) => { answer = { ...answer, ...trailers } })
    stream.on('data', (piece) => { text += piece })
    stream.on('close', () => resolve({ answer, text: text.trim() }))
    stream.on('error', () => {})
    stream.end(body)
  })
}

// In parts, as cookies are: nghttp2 takes no single value over 64 KiB, and ends the connection for it.
const padding = (bytes) => Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`x-${name}`, 'x'.repeat(bytes / 4)]))
const page = (bytes) => call({ ':path': '/healthz', ...padding(bytes) })
const grpc = (bytes) => call({
  ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers', ...padding(bytes),
}, Buffer.from([0, 0, 0, 0, 4, 0x0a, 2, 0x74, 0x37]))

for (const bytes of [20000, 60000, 70000, 120000]) {
  // What goes on beside it is not harmed.
  const [asked, called, beside] = await Promise.all([page(bytes), grpc(bytes), page(10)])
  console.log(`${bytes}: ${asked.answer[':status']} ${asked.text}`)
  console.log(`${bytes}: gRPC ${called.answer['grpc-status']} ${called.answer['grpc-message'] ?? ''}`)
  console.log(`${bytes}: beside it ${beside.answer[':status']} ${beside.text}`)
}
session.close()
clearTimeout(limit)
