/**
 * The signal that ends a daemon as if it had not been started: a plane that it adopted goes on, which SIGTERM would
 * take down with its connections. `tandem start-daemon` sends it when what it was asked for fails.
 */
export const TAKE_BACK: NodeJS.Signals = 'SIGUSR2';
