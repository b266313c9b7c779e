import { join } from 'node:path'
import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import view from '@fastify/view'
import { fastify, LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyHttpOptions, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Server } from 'node:http'
import { sendProblem, sendProblemText } from './answer.ts'
import { describeRoutes } from './api/describe.ts'
import { editionOf, loadAssets } from './assets.ts'
import { costOf, createBudgets } from './budgets.ts'
import { compressWhole } from './compress.ts'
import { createDigests } from './digests/digests.ts'
import { notFound, problemOf, tooMany, wrongMethod } from './errors.ts'
import { createBrotliLater } from './kept/brotli-later.ts'
import { keepsNothing } from './kept/kept-files.ts'
import { wordsOf } from './language/tongues.ts'
import { apiRoute } from './routes/api.ts'
import { coverageRoutes } from './routes/coverage.ts'
import { dayDataRoutes } from './routes/day-data.ts'
import { dayRoute } from './routes/day.ts'
import { daysFeedRoute } from './routes/days-feed.ts'
import { excerptRoutes } from './routes/excerpt.ts'
import { feedRoute } from './routes/feed.ts'
import { goRoutes } from './routes/go.ts'
import { healthzRoute } from './routes/healthz.ts'
import { homeRoute } from './routes/home.ts'
import { indexJsonRoute } from './routes/index-json.ts'
import { linksRoute } from './routes/links.ts'
import { liveEventsRoute } from './routes/live-events.ts'
import { liveRoute } from './routes/live.ts'
import { messageRoute } from './routes/message.ts'
import { metricsRoute } from './routes/metrics.ts'
import { monthDataRoutes } from './routes/month-data.ts'
import { monthRoute } from './routes/month.ts'
import { opensearchRoute } from './routes/opensearch.ts'
import { placeRoutes } from './routes/place.ts'
import { removedRoutes } from './routes/removed.ts'
import { robotsRoute } from './routes/robots.ts'
import { roomRoute } from './routes/room.ts'
import { searchFeedRoute } from './routes/search-feed.ts'
import { searchJsonRoute } from './routes/search-json.ts'
import { searchRoute } from './routes/search.ts'
import { sitemapRoute } from './routes/sitemap.ts'
import { statsRoute } from './routes/stats.ts'
import { textRoutes } from './routes/texts.ts'
import { yearRoute } from './routes/year.ts'
import type { Site, WebServerOptions } from './site.ts'
import { loadTemplates } from './templates.ts'
import * as urls from './urls.ts'
import { entityTag, matches } from './validator.ts'
import { told } from './view/parts.ts'

const ROUTES = [
  homeRoute, roomRoute, yearRoute, monthRoute, monthDataRoutes, goRoutes, placeRoutes, dayRoute, dayDataRoutes, messageRoute, excerptRoutes,
  removedRoutes, liveRoute, liveEventsRoute, feedRoute, daysFeedRoute, statsRoute, linksRoute, coverageRoutes, searchFeedRoute,
  opensearchRoute,
  searchRoute, searchJsonRoute, indexJsonRoute, sitemapRoute, robotsRoute, textRoutes, healthzRoute, metricsRoute, apiRoute
]

/** Whoever takes his answer slower than this is not waited for when the server closes. */
const CLOSE_MS = 5_000
// An id that a room gave may be long; every character of it may take nine in an address.
const MAX_PARAMETER = 9 * 1024

/** The site, ready to listen or to be asked by `inject`. Throws ERR_CONFIG for a theme that cannot be used. */
export function createWebServer (options: WebServerOptions): FastifyInstance {
  const { store, find, directory, health, viewsDir, log, onAnswered } = options
  const templates = loadTemplates(viewsDir, options.theme?.templates)
  const assets = loadAssets(viewsDir, options.theme)
  const words = wordsOf(options.site.language ?? 'en')
  const kept = options.kept ?? keepsNothing
  const brotli = createBrotliLater({ kept, log })
  const budgets = createBudgets(options.crawlers)
  const now = options.now ?? Date.now
  const digests = createDigests({ store, kept: options.kept, now, log })
  const site: Site = {
    store,
    find,
    directory,
    health,
    kept,
    brotli,
    budgets,
    live: options.live,
    liveSeats: options.liveSeats,
    log,
    ...(options.searchState === undefined ? {} : { searchState: options.searchState }),
    ...(options.searchLanguages === undefined ? {} : { searchLanguages: options.searchLanguages }),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    metricsFrom: options.metricsFrom ?? [],
    info: options.site,
    words,
    now,
    digests,
    edition: editionOf(assets, options.site)
  }

  const settings: FastifyHttpOptions<Server, FastifyBaseLogger> = {
    loggerInstance: log,
    // Addresses of searches are nobody's business; what fails is logged below.
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    trustProxy: options.trustProxy ?? false,
    routerOptions: { maxParamLength: MAX_PARAMETER },
    // Addresses that cannot be read never reach the plugins: neither templates nor security headers are there yet.
    frameworkErrors: (error, _request, reply) => { sendProblemText(reply.header('x-content-type-options', 'nosniff'), problemOf(error)) }
  }
  const app: FastifyInstance = fastify(settings)

  async function answerError (error: unknown, reply: FastifyReply): Promise<FastifyReply> {
    const problem = problemOf(error)
    if (problem.status >= 500) log.error({ err: error, method: reply.request.method, route: reply.request.routeOptions.url }, 'cannot answer a request')
    return sendProblem(reply, problem)
  }

  void app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"]
      }
    },
    // TLS and what browsers must remember of it belong to the proxy in front.
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' }
  })
  void app.register(view, {
    engine: { eta: templates.engine },
    root: viewsDir,
    viewExt: 'eta',
    production: true,
    defaultContext: {
      site: options.site, asset: (name: string) => assets.url(name), hasTheme: assets.theme !== undefined, ...urls, words, told
    }
  })
  void app.register(fastifyStatic, {
    root: join(viewsDir, 'static'),
    prefix: '/static/',
    index: false,
    // The address has the hash of the content.
    etag: false,
    lastModified: false,
    immutable: true,
    maxAge: '365d'
  })

  app.setErrorHandler(async (error, _request, reply) => answerError(error, reply))
  app.setNotFoundHandler(async (request, reply) => sendProblem(reply, isRead(request) ? notFound : wrongMethod))
  app.addHook('preClose', async () => { setTimeout(() => { app.server.closeAllConnections() }, CLOSE_MS).unref() })
  app.addHook('onRoute', route => { if (route.method === 'GET') route.method = ['GET', 'HEAD'] })
  app.addHook('preHandler', async (request, reply) => {
    const cost = costOf(request.routeOptions.url)
    const seconds = cost === undefined ? 0 : budgets.spend(cost, request.ip)
    return seconds > 0 ? sendProblem(reply, tooMany(seconds)) : undefined
  })
  app.addHook('onResponse', async (request, reply) => {
    const cost = reply.statusCode === 304 ? costOf(request.routeOptions.url) : undefined
    if (cost !== undefined) budgets.refund(cost, request.ip)
  })
  app.addHook('onSend', validateWhole)
  app.addHook('onSend', compressWhole)
  app.addHook('onClose', async () => brotli.stop())
  app.addHook('onClose', async () => digests.stop())
  if (onAnswered !== undefined) {
    app.addHook('onResponse', async (request, reply) => {
      // How long a stream lasts is up to its reader.
      if (reply.statusCode === 200 && isStream(reply)) return
      onAnswered(patternOf(request), reply.statusCode, reply.elapsedTime / 1000)
    })
  }

  describeRoutes(app, options.site)
  void app.register(async routes => {
    for (const addRoute of ROUTES) addRoute(routes, site)
    routes.get('/static/nicks.css', async (_request, reply) =>
      reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=31536000, immutable').send(assets.nickStyle))
    if (assets.theme !== undefined) {
      routes.get('/static/theme.css', async (_request, reply) =>
        reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=31536000, immutable').send(assets.theme))
    }
  })
  return app
}

// /r/:slug/:year(^\d{4})-:month(^\d{2}$) is /r/:slug/:year-:month to whoever counts
function patternOf (request: FastifyRequest): string {
  return request.routeOptions.url?.replaceAll(/\(\^[^)]*\)/g, '') ?? 'none'
}

function isStream (reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type')).startsWith('text/event-stream')
}

function isRead (request: FastifyRequest): boolean {
  return request.method === 'GET' || request.method === 'HEAD'
}

// Pages without a validator of their own get one of their bytes.
async function validateWhole (request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (reply.statusCode !== 200 || typeof payload !== 'string' || reply.hasHeader('etag')) return payload
  if (String(reply.getHeader('cache-control') ?? 'no-store').includes('no-store')) return payload
  const tag = entityTag(payload)
  reply.header('etag', tag)
  if (!matches(request.headers['if-none-match'], tag)) return payload
  reply.code(304)
  return null
}
