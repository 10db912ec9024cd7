// `demarche serve`: runs the server, as npm start does. Settings come from the environment; two of them may be given here.
import { newCommand } from './run.js';

export default newCommand('serve')
  .option('--port <number>', 'where to listen; otherwise PORT, or 3000')
  .option('--host <address>', 'on which address; otherwise HOST, or localhost')
  .action(async ({ port, host }: { port?: string; host?: string }) => {
    if (port !== undefined) process.env.PORT = port;
    if (host !== undefined) process.env.HOST = host;
    await import('../main.js');
  });
