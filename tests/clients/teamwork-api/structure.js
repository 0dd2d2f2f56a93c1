// Companies, people, projects with their members and categories, task lists, and where tasks are:
// every call of the package about them that Tandem serves. What it prints: client.js.
'use strict'

const { run, step, tw } = require('./client')

async function companies () {
    const company = await step('company added', tw.companies.create({
        company: { name: 'Harbour', website: 'https://example.com', phone: '12' }
    }))
    await step('company edited', tw.companies.update(company.id, { company: { name: 'Pier' } }))
    await step('company', tw.companies.get(company.id))
    const spare = await step('spare company added', tw.companies.create({
        company: { name: 'Nobody' }
    }))
    await step('company deleted', tw.companies.delete(spare.id))
    await step('deleted company', tw.companies.get(spare.id))
    await step('companies', tw.companies.get())
    return { company: company.id, spareCompany: spare.id }
}

const person = (company, name, more = {}) => ({
    person: {
        'first-name': name,
        'last-name': 'Muster',
        'email-address': `${name.toLowerCase()}@structure.example.com`,
        'company-id': company,
        ...more
    }
})

async function people ({ company }) {
    const nina = await step('person added', tw.people.create(person(company, 'Nina')))
    const otto = await step('other added', tw.people.create(person(company, 'Otto')))
    const gone = await step('third added', tw.people.create(person(company, 'Gone')))
    await step('person edited', tw.people.update(nina.id, { person: { title: 'Captain' } }))
    await step('person', tw.people.get({}, nina.id))
    await step('person deleted', tw.people.delete(gone.id))
    await step('deleted person', tw.people.get({}, gone.id))
    await step('people found', tw.people.get({ searchTerm: 'structure.example.com' }))
    await step('people of company', tw.companies.getPeople(company))
    await step('keys', tw.people.apiKeys())
    return { nina: nina.id, otto: otto.id, gone: gone.id }
}

async function categories () {
    const { categoryId } = await step('category added', tw.projectCategories.create({
        category: { name: 'Boats', color: '#123456' }
    }))
    await step('category edited', tw.projectCategories.update(categoryId, {
        category: { name: 'Ships' }
    }))
    await step('category', tw.projectCategories.get(categoryId))
    await step('categories', tw.projectCategories.get())
    const spare = await step('spare category added', tw.projectCategories.create({
        category: { name: 'Cars' }
    }))
    await step('category deleted', tw.projectCategories.delete(spare.categoryId))
    await step('deleted category', tw.projectCategories.get(spare.categoryId))
    return { category: categoryId }
}

async function projects ({ company, category }) {
    const project = await step('project added', tw.projects.create({
        project: {
            name: 'Refit',
            description: 'of a ship',
            companyId: company,
            'category-id': category,
            startDate: '20140501',
            endDate: '20141001',
            tags: 'ship,dock'
        }
    }))
    await step('project edited', tw.projects.update(project.id, { project: { name: 'Refit 2' } }))
    await step('starred', tw.projects.star(project.id))
    await step('project', tw.projects.get({}, project.id))
    await step('starred projects', tw.projects.getStarred())
    await step('star taken off', tw.projects.unStar(project.id))
    await step('no starred projects', tw.projects.getStarred())
    await step('projects of category', tw.projects.get({ catId: category }))
    await step('projects of company', tw.companies.getProjects(company))
    const other = await step('other project added', tw.projects.create({
        project: { name: 'Later', companyId: company }
    }))
    await step('features', tw.projects.features(other.id, { project: { 'use-tasks': true } }))
    await step('logo', tw.projects.logo(other.id, { project: { logoPendingFileRef: 'none' } }))
    const archived = { project: { status: 'inactive' } }
    const spare = await step('spare project added', tw.projects.create({
        project: { name: 'Never' }
    }))
    await step('project archived', tw.projects.update(spare.id, archived))
    await step('archived project', tw.projects.get({}, spare.id))
    await step('project deleted', tw.projects.delete(spare.id))
    await step('deleted project', tw.projects.get({}, spare.id))
    return { project: project.id, other: other.id }
}

async function members ({ project, nina, otto }) {
    await step('members added', tw.projects.people(project, { add: { userIdList: `${nina},${otto}` } }))
    await step('members', tw.projects.getPeople(project))
    await step('companies of project', tw.projects.getCompanies(project))
    await step('permissions', tw.projects.getPermissions(project, nina))
    await step('member removed', tw.projects.removePeople(project, { remove: { userIdList: otto } }))
    await step('members left', tw.projects.getPeople(project))
    await step('member added', tw.projects.addPeople(project, otto))
    await step('permissions given', tw.projects.updatePermissions(project, otto, {
        permissions: { 'project-administrator': true }
    }))
    await step('permissions now', tw.projects.getPermissions(project, otto))
}

async function lists ({ project, other }) {
    const add = async name => (await step(`list ${name}`, tw.tasklist.create(project, {
        'todo-list': { name }
    }))).TASKLISTID
    const [hull, deck, spare] = [await add('hull'), await add('deck'), await add('spare')]
    await step('list edited', tw.tasklist.update(hull, {
        'todo-list': { name: 'Hull', description: 'below the water', pinned: true }
    }))
    await step('list', tw.tasklist.get({}, hull))
    await step('lists reordered', tw.tasklist.reorder(project, {
        'todo-lists': [deck, hull].map(id => ({ 'todo-list': { id } }))
    }))
    await step('lists in order', tw.projects.getTasklists(project))
    await step('lists of all', tw.tasklist.get())
    await step('list deleted', tw.tasklist.delete(spare))
    await step('deleted list', tw.tasklist.get({}, spare))
    const task = await step('task on deck', tw.tasks.create(deck, { 'todo-item': { content: 'Scrub' } }))
    const copy = await step('list copied', tw.tasklist.copy(deck, { projectId: other }))
    await step('copied tasks', tw.tasklist.getTasks(copy.TASKLISTID))
    await step('list moved', tw.tasklist.move(deck, { projectId: other }))
    await step('lists of other', tw.projects.getTasklists(other))
    await step('moved tasks', tw.projects.getTasks(other))
    await step('templates', tw.tasklist.templates())
    return { hull, deck, copy: copy.TASKLISTID, task: task.id }
}

async function estimate ({ hull, nina }) {
    const { id } = await step('assigned task', tw.tasks.create(hull, {
        'todo-item': { content: 'Paint', 'responsible-party-id': nina }
    }))
    await step('estimated', tw.tasks.estimatedTime(id, { taskEstimatedMinutes: 120 }))
    await step('estimated task', tw.tasks.get({}, id))
    await step('unassigned', tw.people.unassignAll(nina, { person: { unassignFromAll: '1' } }))
    await step('task of nobody', tw.tasks.get({}, id))
    return { estimated: id }
}

run(async () => {
    await step('account', tw.teamwork.account())
    const ids = await companies()
    Object.assign(ids, await people(ids))
    Object.assign(ids, await categories())
    Object.assign(ids, await projects(ids))
    await members(ids)
    Object.assign(ids, await lists(ids))
    Object.assign(ids, await estimate(ids))
    return ids
})
