import type { FastifyInstance, RouteOptions } from 'fastify'

/** The routes of a site as its router gets them, so that no list has to be kept. Ask before the site is first asked. */
export async function registeredRoutes (app: FastifyInstance): Promise<RouteOptions[]> {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', route => { routes.push(route) })
  await app.ready()
  return routes
}

/** `/r/:slug/:year(^\\d{4}$)` is `/r/:slug/:year`. */
export function patternOf ({ url }: RouteOptions): string {
  return url.replaceAll(/\(\^[^)]*\)/g, '')
}
