// The public package `teamwork-api`, unmodified, connected to a Tandem, for the scripts beside this
// one. Each prints one JSON object:
//
//   answers  a member for each step: what it was answered, or {refused: status, body}
//   calls    for each call of the package that was made: whether it was ever answered with success
//   known    all calls that the package has
//
//   HTTP_PROXY=http://127.0.0.1:PORT node SCRIPT KEY
//
// The package takes no port in its URL, hence the proxy and the made-up name.
'use strict'

const teamwork = require('teamwork-api')

const DOMAIN = 'http://tw.tandem.test'
const KEY = process.argv[2]
const RESOURCES = [
    'activity', 'boards', 'calendar', 'clocking', 'comments', 'companies', 'expenses',
    'fileCategories', 'files', 'invoices', 'linkCategories', 'links', 'messageCategories',
    'messages', 'milestones', 'notebookCategories', 'notebooks', 'people', 'projectCategories',
    'projects', 'risks', 'roles', 'status', 'tags', 'taskReminders', 'tasklist', 'tasks',
    'teamwork', 'time', 'trashcan', 'webhooks', 'workload'
]
// These send requests for the others.
const INNER = ['constructor', 'handleError', 'query']

const answers = {}
const calls = {}

// A resource of the package whose calls are written down; nothing else about it is changed.
function recorded (resource, name) {
    return new Proxy(resource, {
        get: (target, method) => async (...given) => {
            const call = `${name}.${method}`
            calls[call] = calls[call] || false
            const answer = await target[method](...given)
            calls[call] = true
            return answer
        }
    })
}

const connect = key => new Proxy(teamwork(key, DOMAIN, true), {
    get: (tw, name) => recorded(tw[name], name)
})

const tw = connect(KEY)

const methods = name => Object.getOwnPropertyNames(Object.getPrototypeOf(teamwork(KEY, DOMAIN, true)[name]))
    .filter(method => !INNER.includes(method))
    .map(method => `${name}.${method}`)

async function step (name, promise) {
    if (name in answers) {
        throw new Error(`two steps are called ${name}`)
    }
    try {
        answers[name] = await promise
    } catch (error) {
        if (!error.statusCode) {
            throw error
        }
        answers[name] = { refused: error.statusCode, body: error.error }
    }
    return answers[name]
}

function run (main) {
    main().then(ids => {
        answers.ids = ids
        const known = [].concat(...RESOURCES.map(methods))
        process.stdout.write(JSON.stringify({ answers, calls, known }))
    }).catch(error => {
        process.stderr.write(`${error.stack || error}\n`)
        process.exitCode = 1
    })
}

module.exports = { connect, run, step, tw }
